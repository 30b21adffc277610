const widget = board();
