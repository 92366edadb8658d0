module Poems
  VERSION = '0.2.1'
end
