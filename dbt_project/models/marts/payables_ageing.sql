{{ ageing('payable') }}
