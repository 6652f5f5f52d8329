"""What the pages of casework are made of: dataclasses ready to print, scoped to the reader."""
