"""Pictures of products: downloaded from strangers, decoded, and kept in a folder or a bucket."""
