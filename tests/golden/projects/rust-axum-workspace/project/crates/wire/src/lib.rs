pub fn wire() {}
