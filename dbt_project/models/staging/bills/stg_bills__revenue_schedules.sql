{{ bill('revenue_schedules', landed('bills', 'revenue_schedules')) }}
