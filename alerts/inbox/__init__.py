"""What comes back by mail: answers, bounces, replies of absent people; read, told apart, and put where it belongs."""
