{{ bill('document_links', landed('bills', 'document_links')) }}
