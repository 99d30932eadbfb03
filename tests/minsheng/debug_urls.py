"""The addresses as they are with DEBUG on."""

from minsheng.urls import addresses

urlpatterns = addresses(debug=True)
