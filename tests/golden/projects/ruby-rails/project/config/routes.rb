Rails.application.routes.draw do
  # Reveal health status on /up
  get "up" => "rails/health#show", as: :rails_health_check

  namespace :api do
    get "status" => "status#show"
  end
  root "tickets#index"
end
