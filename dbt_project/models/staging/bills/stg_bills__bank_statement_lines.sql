{{ bill('bank_statement_lines', landed('bills', 'bank_statement_lines')) }}
