# frozen_string_literal: true

require_relative 'lib/poems/version'

Gem::Specification.new do |spec|
  spec.name = 'poems'
  spec.version = Poems::VERSION
  spec.summary = 'Gives "a poem" a day'
  spec.license = 'MIT'
  spec.homepage = 'https://poems.example.com'
end
