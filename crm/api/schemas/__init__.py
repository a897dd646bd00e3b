"""What goes in and out as JSON; one module per resource."""
