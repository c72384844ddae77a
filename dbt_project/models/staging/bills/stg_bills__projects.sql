{{ bill('projects', landed('bills', 'projects')) }}
