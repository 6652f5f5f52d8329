"""Tables and charts of pages as files: CSV, XLSX, SVG and PNG, each with a stamp. See
docs/how-to/take-a-table-out.md."""
