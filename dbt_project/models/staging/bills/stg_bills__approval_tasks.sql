{{ bill('approval_tasks', landed('bills', 'approval_tasks')) }}
