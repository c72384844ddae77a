{{ bill('org_units', landed('bills', 'org_units')) }}
