"""What the help pages show: examples worked by the rules themselves, codes, stages and guides."""
