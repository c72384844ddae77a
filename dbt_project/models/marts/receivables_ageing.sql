{{ ageing('receivable') }}
