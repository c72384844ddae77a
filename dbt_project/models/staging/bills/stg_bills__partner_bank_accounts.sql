{{ bill('partner_bank_accounts', landed('bills', 'partner_bank_accounts')) }}
