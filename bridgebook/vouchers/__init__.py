"""Rules that make vouchers: what they may say, what is wrong in them, and why a voucher is as it is."""
