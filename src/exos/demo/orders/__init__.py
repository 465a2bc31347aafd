"""The orders of a mortgage-services company: five lines of business, their people, queues and suppliers."""
