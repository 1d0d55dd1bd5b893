"""What is asked of the store, one module a noun."""
