{{ bill('journal_lines', landed('bills', 'journal_lines')) }}
