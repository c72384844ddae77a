{{ bill('goods_receipts', landed('bills', 'goods_receipts')) }}
