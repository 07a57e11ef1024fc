"""Appeals to the public: approved, published, answered, triaged and taken down again."""
