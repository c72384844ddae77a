{{ bill('attachments', landed('bills', 'attachments')) }}
