{{ bill('period_statuses', landed('bills', 'period_statuses')) }}
