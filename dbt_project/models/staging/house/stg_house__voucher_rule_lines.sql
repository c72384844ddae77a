{{ layered_rules(
    'voucher_rule_lines',
    {
        'rule_code': 'varchar',
        'version': 'integer',
        'line_no': 'integer',
        'side': 'varchar',
        'account_role': 'varchar',
        'amount': 'varchar',
        'only_when': 'varchar',
        'negative': 'varchar',
        'dimensions': 'varchar',
        'with_quantity': 'boolean',
        'summary': 'varchar',
    },
    ['rule_code', 'version'],
) }}
