{{ bill('note_events', landed('bills', 'note_events')) }}
