"""Demo books: source databases that the product writes by itself, so that no ERP is needed to try it."""
