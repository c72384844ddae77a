"""Programs that run in a real Tryton's own environment: set up a company, do business, print reports.

They import trytond and proteus, which the product does not need; nothing else imports them.
"""
