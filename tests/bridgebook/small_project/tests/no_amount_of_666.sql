select * from {{ ref('sales_lines') }} where amount = 666
