{{ layered_rules(
    'accounting_policies',
    {
        'policy': 'varchar',
        'chart_code': 'varchar',
        'company_code': 'varchar',
        'value': 'varchar',
        'valid_from': 'date',
        'valid_to': 'date',
        'reason': 'varchar',
    },
    ['policy', 'chart_code', 'company_code', 'valid_from'],
) }}
