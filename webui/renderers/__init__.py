"""One module a format: each turns frozen answers into the body of a response, and no more."""
