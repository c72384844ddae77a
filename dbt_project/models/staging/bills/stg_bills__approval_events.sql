{{ bill('approval_events', landed('bills', 'approval_events')) }}
