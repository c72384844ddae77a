"""Which documents a voucher sums up, and which vouchers together stand for a document."""
