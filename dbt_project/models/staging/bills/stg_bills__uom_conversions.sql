{{ bill('uom_conversions', landed('bills', 'uom_conversions')) }}
