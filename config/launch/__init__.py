"""Programs that set up, start, rehearse, test and check the product: ``python -m config.launch.<name>``.

They start processes and speak HTTP, as a person would; they import nothing of the product.
"""
