"""Tests of pictures: real servers over sockets for whatever a stranger may do."""
