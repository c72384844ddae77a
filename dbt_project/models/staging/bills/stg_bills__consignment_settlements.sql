{{ bill('consignment_settlements', landed('bills', 'consignment_settlements')) }}
