"""One verb a file: ports in, frozen report out."""
