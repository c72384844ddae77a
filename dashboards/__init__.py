"""What people see: the semantic layer, the pages, the exports and the reader's rights."""
