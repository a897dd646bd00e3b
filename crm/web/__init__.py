"""HTTP for every feature: htmx, forms, access, transactions, languages. Knows no feature."""
