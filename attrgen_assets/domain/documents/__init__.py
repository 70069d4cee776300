"""Documents: the accepted record of a product, its identity, its content and the guard in front of the store."""
