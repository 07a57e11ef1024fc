"""What the public reaches: site files, tip form, webhooks, links, health."""
