"""What only a real tenant can tell, played to the whole product."""
