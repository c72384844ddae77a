{{ bill('landed_costs', landed('bills', 'landed_costs')) }}
