{{ bill('document_references', landed('bills', 'document_references')) }}
